import { Column, ColumnOptions, Entity, Index, PrimaryGeneratedColumn } from "typeorm";
const opts = { length: 40 } as const;
export const Title = (options: ColumnOptions = {}) => Column({ type: "varchar", ...opts, ...options });
export function Id(): PropertyDecorator { return PrimaryGeneratedColumn("uuid"); }
export function Searchable(name: string) { return function (target: object, key: string) { Column({ nullable: true })(target, key); Index(name)(target, key); }; }
export const MoneyColumn = () => (target: any, key: string) => Column("numeric", { precision: 20, scale: 4 })(target, key);
@Entity() export class Custom { @Id() id: string; @Title() title: string; @Title({ nullable: true, length: 10 }) short: string; @Searchable("srch_ix") text: string; @MoneyColumn() price: string; }
